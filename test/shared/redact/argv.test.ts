import { describe, expect, it } from "vitest";
import { PASSWORD_OPTIONS } from "../../../shared/redact/argv.ts";
import { redact } from "./redacted.ts";

const run = (container: object) =>
  redact({ requestObject: { kind: "Pod", spec: { containers: [container] } } }).event.requestObject.spec.containers[0];

describe("arguments", () => {
  it.each(PASSWORD_OPTIONS.map((option) => [option.programs[0]!, option]))(
    "%s: its password option",
    (program, { option, form, after }) => {
      const secret = `${after === undefined ? "" : `jane${after}`}hunter2`;
      const kept = after === undefined ? "" : `jane${after}`;
      if (form !== "attached") {
        expect(run({ command: [program, option, secret, "rest"] }).command).toEqual([
          program,
          option,
          `${kept}[REDACTED:argument]`,
          "rest",
        ]);
      }
      if (form !== "next") {
        expect(run({ command: [`/usr/bin/${program}`, `${option}${secret}`, "rest"] }).command).toEqual([
          `/usr/bin/${program}`,
          `${option}${kept}[REDACTED:argument]`,
          "rest",
        ]);
      }
    },
  );

  it("knows the program from the command or the image", () => {
    expect(run({ command: ["mysql"], args: ["-phunter2"] }).args).toEqual(["-p[REDACTED:argument]"]);
    expect(run({ image: "docker.io/library/mysql:8.0", args: ["mysqld", "-phunter2"] }).args[1]).toBe(
      "-p[REDACTED:argument]",
    );
    expect(run({ image: "docker.io/library/nginx:1", args: ["-phunter2"] }).args).toEqual(["-phunter2"]);
  });

  it("reads shell text word by word", () => {
    expect(run({ command: ["sh", "-c", "set -e; mysqldump -u root -p'a b' shop | gzip > /x"] }).command[2]).toBe(
      "set -e; mysqldump -u root -p[REDACTED:argument] shop | gzip > /x",
    );
    expect(run({ command: ["sh", "-c", 'PGPASSWORD=hunter2 psql -h db -c "select 1"'] }).command[2]).toBe(
      'PGPASSWORD=[REDACTED:named-secret] psql -h db -c "select 1"',
    );
  });

  it("takes the word behind a flag with a secret's name", () => {
    expect(run({ args: ["--client-secret", "abc", "--port", "80"] }).args).toEqual([
      "--client-secret",
      "[REDACTED:argument]",
      "--port",
      "80",
    ]);
    expect(run({ args: ["--token", "--verbose"] }).args).toEqual(["--token", "--verbose"]);
    expect(run({ args: ["--token-file", "/run/token"] }).args).toEqual(["--token-file", "/run/token"]);
    expect(run({ command: ["aws", "configure", "set", "aws_secret_access_key", "abc"] }).command[4]).toBe(
      "[REDACTED:argument]",
    );
  });
});
