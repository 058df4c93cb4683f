import type { Surface } from "./surfaces.ts";

const base64url = (text: string) => Buffer.from(text).toString("base64url");

/** A made-up secret of a kind; different for each `n`, always of the same length. */
export function secretFor(kind: Surface["kind"], n: number): string {
  const unique = `canary${String(n).padStart(6, "0")}q7Zk`;
  switch (kind) {
    case "any":
      return unique;
    case "name":
      return `${unique}AbCd0123456789xyz`;
    case "jwt":
      return `${base64url('{"alg":"RS256","kid":"k"}')}.${base64url(`{"sub":"${unique}"}`)}.${base64url(`${unique}${unique}`)}`;
    case "url":
      return `https://user:${unique}@db.example.com/x`;
    case "aws":
      return `AKIA${unique.toUpperCase().slice(0, 16)}`;
    case "pem":
      return `-----BEGIN RSA PRIVATE KEY-----\n${base64url(unique.repeat(3))}\n-----END RSA PRIVATE KEY-----\n`;
  }
}
