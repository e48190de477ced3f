/** How far we are with what has to be fetched before a message can be encrypted. */
export interface GatherProgress {
  /** Bundles come after the lists, which say of which devices they are wanted. */
  readonly step: "device-lists" | "bundles";
  readonly done: number;
  readonly total: number;
}
