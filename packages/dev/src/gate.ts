/**
 * One check of the whole repository: the problems it found, empty when all is well. A gate that
 * checks something generated writes it anew when asked to.
 */
export type Gate = (root: string, isWriting?: boolean) => Promise<readonly string[]>;
