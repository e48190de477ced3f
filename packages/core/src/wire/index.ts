export * from "./xml/element.js";
export * from "./xml/qualify.js";
