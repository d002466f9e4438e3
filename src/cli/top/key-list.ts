/** Every key of svc top, for its help and for the man page. */
export const keyList: readonly (readonly [keys: string, meaning: string])[] = [
  ["up, down, k, j", "select a unit; PageUp, PageDown, Home and End too"],
  ["s", "start it, and what it needs"],
  ["x", "stop it; if others need it, they are named, and stopped with it if you say so"],
  ["r", "restart it, from what the files say now"],
  ["l, Enter", "follow its log; q or Esc returns, up and PageUp scroll back, End follows again"],
  [
    "/",
    "show units whose name holds what you type; Ctrl-U empties it, Enter keeps it, Esc goes back to what was shown",
  ],
  ["Esc", "show all units again"],
  ["o, >, <", "the next, or the last, order: name, phase, cpu, memory, restarts"],
  ["Ctrl-L", "draw all anew"],
  ["Ctrl-Z", "stop it, as any program; the shell's fg goes on"],
  ["?", "help"],
  ["q, Ctrl-C", "leave"],
];
