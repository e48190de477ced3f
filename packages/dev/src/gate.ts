/** One check of the whole repository: the problems it found, empty when all is well. */
export type Gate = (root: string) => Promise<readonly string[]>;
