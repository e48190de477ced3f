export { type LibsignalBackendOptions, libsignalBackend } from "./libsignalBackend.js";
