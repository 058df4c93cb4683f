import { TokenCheck } from "../http/token.ts";
import type { ReadSecret } from "../secret.ts";

/** A token that was rotated away is good for this long at the most. */
const MAX_AGE_MS = 5 * 60_000;

/** A token that is not known is looked up again no more often than this, whoever asks. */
const MIN_AGE_MS = 15_000;

/** Checks bearer tokens against a secret that may be rotated at any time. */
export class SecretToken {
  readonly #arn: string;
  readonly #read: ReadSecret;
  readonly #now: () => number;
  #check: TokenCheck | undefined;
  #readAtMs = 0;

  constructor(arn: string, read: ReadSecret, now: () => number = Date.now) {
    this.#arn = arn;
    this.#read = read;
    this.#now = now;
  }

  /**
   * @param authorization the value of the header.
   * @throws SecretError when the secret has to be read and cannot be.
   */
  async allows(authorization: string | undefined): Promise<boolean> {
    let check = this.#check;
    if (check === undefined || this.#now() - this.#readAtMs > MAX_AGE_MS) check = await this.#refresh();
    if (check.allows(authorization)) return true;
    // It may be the new token, right after a rotation.
    if (authorization === undefined || this.#now() - this.#readAtMs < MIN_AGE_MS) return false;
    return (await this.#refresh()).allows(authorization);
  }

  async #refresh(): Promise<TokenCheck> {
    const { text } = await this.#read(this.#arn);
    this.#check = new TokenCheck(text);
    this.#readAtMs = this.#now();
    return this.#check;
  }
}
