export declare function nodePackage(version: string): string | undefined;
