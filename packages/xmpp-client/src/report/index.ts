export type * from "./report.js";
export { type ReportedClient, type ReportOptions, reportServer } from "./reportServer.js";
export { writeReport } from "./writeReport.js";
