import type { CommandGrammar, Grammar, Kind, OptionGrammar } from "./grammar.ts";

/** `complete` lines, each under the condition that the line is in that command. */
export function fishCompletion(grammar: Grammar): string {
  const lines = [
    ...grammar.options.map((option) => optionLine("svc", "__svc_in ''", option)),
    ...grammar.commands.map((one) => `complete -c svc -n "__svc_in ''" -a ${one.name} -d ${quote(one.description)}`),
    ...grammar.commands.flatMap((command) => commandLines(command, grammar)),
    ...grammar.runner.map((option) => optionLine("docker-runner", "__svc_runner_in ''", option)),
    `complete -c docker-runner -n "__svc_runner_in ''" -f -a '(command svc __complete apps (__svc_places) 2>/dev/null)'`,
  ];
  return `# fish completion for svc and docker-runner, made by: svc completion fish
${walker("__svc_in", 1, grammar.options)}${walker("__svc_runner_in", 1, grammar.runner)}${walker("__svc_run_in", 2, grammar.runner)}
# Arguments of the command so far, for those that take one.
function __svc_count
  set -l words (commandline -opc)
  test (count $words) -eq $argv[1]
end
# What the line says of where the daemon and the files are.
function __svc_places
  set -l take 0
  for word in (commandline -opc)
    set word (string replace -r '^(--[a-z-]+=)?~/' '$1'"$HOME/" -- $word)
    if test $take -eq 1
      echo -- $word
      set take 0
      continue
    end
    switch $word
      case --socket --units --default-dir
        echo -- $word
        set take 1
      case '--socket=*' '--units=*' '--default-dir=*'
        echo -- $word
    end
  end
end
complete -c svc -n 'not __svc_in run' -f
${lines.join("\n")}
`;
}

/** A function that says whether the first word which is no option, from the given place on, is among its arguments ('': there is none). */
function walker(name: string, from: number, options: readonly OptionGrammar[]): string {
  const valued = options
    .filter((one) => one.value !== null)
    .flatMap((one) => [...(one.short ? [one.short] : []), one.long]);
  return `function ${name}
  set -l words (commandline -opc)
  set -l found ''
  set -l skip 0
  for word in $words[${from + 1}..-1]
    if test $skip -eq 1
      set skip 0
      continue
    end
    switch $word
      case ${valued.join(" ")}
        set skip 1
      case '-*'
      case '*'
        set found $word
        break
    end
  end
  contains -- "$found" $argv
end
`;
}

function commandLines(command: CommandGrammar, grammar: Grammar): string[] {
  const { name, argument } = command;
  if (argument.kind === "apps") {
    const inside = "__svc_in run; and __svc_run_in ''";
    return [
      ...command.options.map((option) => optionLine("svc", inside, option)),
      `complete -c svc -n "${inside}" -f -a '(command svc __complete apps (__svc_places) 2>/dev/null)'`,
    ];
  }
  const options = command.options.map((option) => optionLine("svc", `__svc_in ${name}`, option));
  if (name === "help") {
    return [
      ...options,
      `complete -c svc -n '__svc_in help; and __svc_count 2' -a '${words(argument)}'`,
      `complete -c svc -n '__svc_in help; and __svc_count 3; and contains unit (commandline -opc)' -a '${grammar.keys.join(" ")}'`,
    ];
  }
  if (argument.kind === "nothing" || argument.kind === "text") return options;
  if (argument.kind === "path") return [...options, `complete -c svc -n '__svc_in ${name}' -F`];
  const files = argument.kind === "units or files" ? [`complete -c svc -n '__svc_in ${name}' -F`] : [];
  return [...options, `complete -c svc -n '__svc_in ${name}' -a '${words(argument)}'`, ...files];
}

function optionLine(program: string, condition: string, { short, long, description, value }: OptionGrammar): string {
  const letter = short === null ? "" : ` -s ${short.slice(1)}`;
  return `complete -c ${program} -n "${condition}" -l ${long.slice(2)}${letter}${valueFlags(value)} -d ${quote(description)}`;
}

function valueFlags(value: Kind | null): string {
  if (value === null) return "";
  switch (value.kind) {
    case "path":
      return " -r -F";
    case "folder":
      return " -x -a '(__fish_complete_directories)'";
    default:
      return ` -x -a '${words(value)}'`;
  }
}

function words(kind: Kind): string {
  if (kind.kind === "words") return kind.words.join(" ");
  if (kind.kind === "units or files") return words({ kind: "units" });
  const isAsked = kind.kind === "units" || kind.kind === "apps" || kind.kind === "containers";
  return isAsked ? `(command svc __complete ${kind.kind} (__svc_places) 2>/dev/null)` : "";
}

function quote(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
