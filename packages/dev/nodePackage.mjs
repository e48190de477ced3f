/**
 * The npm package that holds the plain Node binary of this platform. The package `node` would
 * need its install script, which npm 12 blocks.
 *
 * @param {string} version
 * @returns {string | undefined} `undefined` on a platform without such a package
 */
export function nodePackage(version) {
  const prefix = {
    linux: "node-linux",
    win32: "node-win",
    darwin: process.arch === "arm64" ? "node-bin-darwin" : "node-darwin",
  }[process.platform];
  return prefix && `${prefix}-${process.arch}@${version}`;
}
