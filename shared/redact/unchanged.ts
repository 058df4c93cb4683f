const SLOTS = 8192;
const SLOT_BITS = 13;
const MAX_LENGTH = 256;

/**
 * Strings that nothing was wrong with the last time. Audit events repeat themselves (users, agents, kinds, labels, URIs), and to
 * compare with one remembered string is a fifth of the work of reading it. One slot for each hash, the newest wins: a few
 * hundred kilobytes, two megabytes at worst. Changes how long the redactor takes, never what it does.
 */
export class Unchanged {
  private readonly slots = new Array<string>(SLOTS).fill("");
  /** Rests of the hashes seen last. A string is kept when it seems to come back: to keep each one is work for the collector. */
  private readonly seen = new Uint16Array(SLOTS);

  has(text: string): boolean {
    return text.length <= MAX_LENGTH && this.slots[hashOf(text) & (SLOTS - 1)] === text;
  }

  add(text: string): void {
    if (text.length > MAX_LENGTH) return;
    const hash = hashOf(text);
    const slot = hash & (SLOTS - 1);
    const rest = (hash >>> SLOT_BITS) & 0xffff;
    if (this.seen[slot] === rest) this.slots[slot] = text;
    else this.seen[slot] = rest;
  }
}

/** Over the length and six characters, among them the last one, which a counter in a name changes. */
function hashOf(text: string): number {
  const length = text.length;
  if (length === 0) return 0;
  let hash = Math.imul(length, 0x9e3779b1) ^ text.charCodeAt(0);
  hash = Math.imul(hash, 0x85ebca6b) ^ text.charCodeAt(length - 1);
  hash = Math.imul(hash, 0x85ebca6b) ^ text.charCodeAt(length >> 1);
  hash = Math.imul(hash, 0x85ebca6b) ^ text.charCodeAt(length >> 2);
  hash = Math.imul(hash, 0x85ebca6b) ^ text.charCodeAt(length - 1 - (length >> 2));
  hash = Math.imul(hash, 0x85ebca6b) ^ text.charCodeAt(length - 1 - (length >> 3));
  return hash ^ (hash >>> 15);
}
