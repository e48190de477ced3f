import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Minutes of seeds, and of clients that wait for each other: last, they would leave cores idle. */
const LONG = [/\/seeds\/(counting|rooms)/, /On(Prosody|Ejabberd)\.lab\.test\.ts$/];

/** Runs the files first that take longest; of the others the largest, or by what is known of them. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLong = ({ moduleId }: TestSpecification) => LONG.some((each) => each.test(moduleId));
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}
