const units = ["B", "K", "M", "G", "T", "P"] as const;

/** `512B`, `12.3M`, `999M`, `1.2G`: five characters at the most, in steps of 1024; `-` where it is not known. */
export function bytes(count: number | null): string {
  if (count === null) return "-";
  let value = count;
  let step = 0;
  while (value >= 999.5 && step < units.length - 1) {
    value /= 1024;
    step++;
  }
  const digits = step === 0 || value >= 99.95 ? 0 : 1;
  return `${value.toFixed(digits)}${units[step]}`;
}

/** 100 is one core. */
export function percent(share: number | null): string {
  if (share === null) return "-";
  return share.toFixed(share < 999.95 ? 1 : 0);
}

/** `12.3M/64.0M`, or without a limit `12.3M`. */
export function memory(held: number | null, limit: number | null): string {
  return held === null || limit === null ? bytes(held) : `${bytes(held)}/${bytes(limit)}`;
}
