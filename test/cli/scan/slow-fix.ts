import * as nodeFs from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { redactorFromFlags } from "../../../cli/redaction.ts";
import { Examiner } from "../../../cli/scan/examiner.ts";
import { Fixer } from "../../../cli/scan/fixer.ts";
import { DirectoryLake } from "../../../shared/lake/directory.ts";
import type { DirectoryIo } from "../../../shared/lake/directory-io.ts";

/**
 * Run as a process by fix-crash.test.ts: fixes the lake it is given, object by object, and says so before each rename,
 * slowly, so that it can be killed between the writing and the renaming.
 */
const io: DirectoryIo = {
  ...nodeFs,
  rename: async (from, to) => {
    process.stdout.write("replacing\n");
    await sleep(3);
    await nodeFs.rename(from, to);
  },
};
const lake = new DirectoryLake(process.argv[2]!, "./lake", io);
const silent = { stdout: { write: () => true }, stderr: { write: () => true }, isTTY: false };
const redaction = await redactorFromFlags({ values: {}, positionals: [] }, silent, {});
const examiner = new Examiner(redaction, () => {});
const fixer = new Fixer(lake, redaction, examiner);
for await (const { key } of lake.list("events/v1/")) {
  const bytes = await lake.get(key);
  const leaks = await Array.fromAsync(examiner.examine(key, [bytes]));
  if (leaks.length > 0) await fixer.fix(key, bytes);
}
