import type { CommandGrammar, Grammar, Kind, OptionGrammar } from "./grammar.ts";

/**
 * One function for both programs. bash splits words at `@`, `=` and `:` too, and replaces only what stands after the last of
 * these, so the line is split anew at blanks, and of each answer the part before it is cut off.
 */
export function bashCompletion(grammar: Grammar): string {
  return `# bash completion for svc and docker-runner, made by: svc completion bash
_svc_words() {
  local word typed=\${COMP_WORDS[COMP_CWORD]}
  [[ $typed == [@:=] ]] && typed=
  for word in $1; do
    [[ $word == "$cur"* ]] && COMPREPLY+=("\${word:\${#cur}-\${#typed}}")
  done
}
_svc_files() {
  compopt -o filenames 2>/dev/null
  mapfile -t COMPREPLY < <(compgen "$1" -- "$cur")
}
# What the line says of where the daemon and the files are.
_svc_places() {
  local i
  places=()
  for ((i = 1; i < last; i++)); do
    case \${words[i]} in
      --socket | --units | --default-dir) places+=("\${words[i]}" "\${words[i+1]/#\\~\\//$HOME/}") ;;
      --socket=* | --units=* | --default-dir=*) places+=("\${words[i]/=\\~\\//=$HOME/}") ;;
    esac
  done
}
_svc_runner() {
  while ((at < last)); do
    case \${words[at]} in
${valuedCase(grammar.runner, 6)}      -*) ;;
      *) _svc_files -f; return ;;
    esac
    ((at++))
  done
  case $prev in
${valueCases(grammar.runner, 4)}  esac
  if [[ $cur == -* ]]; then _svc_words "${flags(grammar.runner)}"; else _svc_words "$(command svc __complete apps "\${places[@]}" 2>/dev/null)"; fi
}
_svc() {
  local cur prev command="" at=1 last
  local -a words places
  COMPREPLY=()
  if [[ -n \${COMP_LINE-} ]]; then
    local line=\${COMP_LINE:0:COMP_POINT}
    read -ra words <<<"$line"
    [[ $line == *[[:blank:]] ]] && words+=("")
  else
    words=("\${COMP_WORDS[@]:0:COMP_CWORD+1}")
  fi
  last=$((\${#words[@]} - 1)) cur=\${words[-1]} prev=
  ((last > 0)) && prev=\${words[last-1]}
  _svc_places
  if [[ \${words[0]##*/} == docker-runner ]]; then _svc_runner; return; fi
  while ((at < last)); do
    case \${words[at]} in
${valuedCase(grammar.options, 6)}      -*) ;;
      *) command=\${words[at]}; ((at++)); break ;;
    esac
    ((at++))
  done
  case $command in
    "")
      case $prev in
${valueCases(grammar.options, 8)}      esac
      if [[ $cur == -* ]]; then _svc_words "${flags(grammar.options)}"; else _svc_words "${grammar.commands.map((one) => one.name).join(" ")}"; fi ;;
${grammar.commands.map((command) => commandCase(command, grammar)).join("")}  esac
}
complete -F _svc svc docker-runner
`;
}

function commandCase(command: CommandGrammar, grammar: Grammar): string {
  if (command.argument.kind === "apps") return `    ${command.name}) _svc_runner ;;\n`;
  if (command.name === "help") {
    return `    help)
      if ((at == last)); then ${answer(command.argument)}
      elif ((at + 1 == last)) && [[ $prev == unit ]]; then _svc_words "${grammar.keys.join(" ")}"; fi ;;
`;
  }
  const values = valueCases(command.options, 8);
  const once = command.many || command.argument.kind === "nothing" ? "" : "((at == last)) && ";
  return `    ${command.name})
${values === "" ? "" : `      case $prev in\n${values}      esac\n`}      if [[ $cur == -* ]]; then _svc_words "${flags(command.options)}"; else ${once}${answer(command.argument)}; fi ;;
`;
}

/** Where the words are walked: an option with a value takes the next word too. */
function valuedCase(options: readonly OptionGrammar[], indent: number): string {
  const valued = options.filter((one) => one.value !== null).flatMap(names);
  return valued.length === 0 ? "" : `${" ".repeat(indent)}${valued.join(" | ")}) ((at++)) ;;\n`;
}

function valueCases(options: readonly OptionGrammar[], indent: number): string {
  return options
    .flatMap((option) =>
      option.value === null ? [] : [`${names(option).join(" | ")}) ${answer(option.value)}; return ;;`],
    )
    .map((line) => `${" ".repeat(indent)}${line}\n`)
    .join("");
}

function answer(kind: Kind): string {
  switch (kind.kind) {
    case "words":
      return `_svc_words "${kind.words.join(" ")}"`;
    case "units":
    case "apps":
    case "containers":
      return `_svc_words "$(command svc __complete ${kind.kind} "\${places[@]}" 2>/dev/null)"`;
    case "units or files":
      return `${answer({ kind: "units" })}; ((\${#COMPREPLY[@]})) || _svc_files -f`;
    case "path":
      return "_svc_files -f";
    case "folder":
      return "_svc_files -d";
    case "text":
    case "nothing":
      return ":";
  }
}

function names({ short, long }: OptionGrammar): string[] {
  return [...(short === null ? [] : [short]), long];
}

function flags(options: readonly OptionGrammar[]): string {
  return options.flatMap(names).join(" ");
}
