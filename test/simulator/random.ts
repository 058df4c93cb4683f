/**
 * Seeded random numbers: the same seed gives the same traffic on every machine. The generator is sfc32 (Chris
 * Doty-Humphrey's PractRand): 128 bits of state, 32-bit integer arithmetic only.
 */

const HEX: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/** The letters that the API server uses for generated name suffixes: no vowels, so no words. */
const SUFFIX_LETTERS = "bcdfghjklmnpqrstvwxz2456789";
const WORD_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789";

export class Random {
  readonly #seed: string;
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  /** `seed`: any number or text; equal seeds give equal sequences. */
  constructor(seed: number | string) {
    this.#seed = String(seed);
    this.#a = hash(this.#seed, 0x9e3779b9);
    this.#b = hash(this.#seed, 0x85ebca6b);
    this.#c = hash(this.#seed, 0xc2b2ae35);
    for (let i = 0; i < 12; i++) this.uint32();
  }

  /** An independent stream, so that drawing more numbers in one part of the simulator does not shift another. */
  fork(label: string): Random {
    return new Random(`${this.#seed}/${label}`);
  }

  uint32(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  /** In [0, 1). */
  float(): number {
    return this.uint32() / 4294967296;
  }

  /** An integer in [0, bound). */
  int(bound: number): number {
    return Math.floor(this.float() * bound);
  }

  /** An integer in [low, high]. */
  between(low: number, high: number): number {
    return low + this.int(high - low + 1);
  }

  chance(probability: number): boolean {
    return this.float() < probability;
  }

  /** @throws RangeError when the list is empty (a bug in the caller). */
  pick<T>(list: readonly T[]): T {
    if (list.length === 0) throw new RangeError("pick from an empty list");
    return list[this.int(list.length)] as T;
  }

  exponential(mean: number): number {
    return -mean * Math.log(1 - this.float());
  }

  /** A version 4 UUID, lower case. */
  uuid(): string {
    const a = this.uint32();
    const b = this.uint32();
    const c = this.uint32();
    return `${word(a)}-${half(b >>> 16)}-${half((b & 0x0fff) | 0x4000)}-${half(((c >>> 16) & 0x3fff) | 0x8000)}-${half(c & 0xffff)}${word(this.uint32())}`;
  }

  hex(digits: number): string {
    let text = "";
    while (text.length < digits) text += word(this.uint32());
    return text.slice(0, digits);
  }

  digits(count: number): string {
    let text = "";
    for (let i = 0; i < count; i++) text += this.int(10);
    return text;
  }

  /** A generated-name suffix such as `x7k9q`. */
  suffix(length: number): string {
    return this.#letters(SUFFIX_LETTERS, length);
  }

  /** Letters and digits, as in keys and passwords. */
  word(length: number): string {
    return this.#letters(WORD_LETTERS, length);
  }

  #letters(alphabet: string, length: number): string {
    let text = "";
    for (let i = 0; i < length; i++) text += alphabet[this.int(alphabet.length)];
    return text;
  }
}

function half(value: number): string {
  return `${HEX[(value >>> 8) & 0xff]}${HEX[value & 0xff]}`;
}

function word(value: number): string {
  return `${HEX[value >>> 24]}${HEX[(value >>> 16) & 0xff]}${HEX[(value >>> 8) & 0xff]}${HEX[value & 0xff]}`;
}

/** FNV-1a with a final mix: only spreads the seed over the state. */
export function hash(text: string, basis: number): number {
  let value = basis | 0;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  value = Math.imul(value ^ (value >>> 16), 0x7feb352d);
  value = Math.imul(value ^ (value >>> 15), 0x846ca68b);
  return (value ^ (value >>> 16)) >>> 0;
}
