export function findLeak(_text: string): { rule: string } | undefined { return undefined; }
