/** Why a file cannot be read, and what to do: in plain words where the system's are known, else in its own. */
export function unreadable({ code, message }: NodeJS.ErrnoException): {
  readonly because: string;
  readonly hint: string;
} {
  switch (code) {
    case "ENOENT":
    case "ENOTDIR":
      return {
        because: "there is no such file, or it is a link that leads nowhere",
        hint: "write it, or take the link away",
      };
    case "EISDIR":
      return { because: "it is a folder", hint: "move the folder away, and write a file" };
    case "EACCES":
    case "EPERM":
      return { because: "this user may not read it", hint: "run svc as root, or let this user read it" };
    case "ELOOP":
      return { because: "its links lead in a circle", hint: "take the link away, and write a file" };
    default:
      return { because: message, hint: "make it a file that root can read" };
  }
}
