import type { CommandGrammar, Grammar, Kind, OptionGrammar } from "./grammar.ts";

/** A function that compinit finds as `_svc`, or that is defined when the script is sourced. */
export function zshCompletion(grammar: Grammar): string {
  return `#compdef svc docker-runner
# zsh completion for svc and docker-runner, made by: svc completion zsh
_svc_units() {
  local -a names
  names=(\${(f)"$(command svc __complete units $svc_places 2>/dev/null)"})
  compadd -a names
}
_svc_units_or_files() {
  _alternative 'units:unit:_svc_units' 'files:unit file:_files -g "*.yml"'
}
_svc_apps() {
  local -a names
  names=(\${(f)"$(command svc __complete apps $svc_places 2>/dev/null)"})
  compadd -a names
}
_svc_containers() {
  local -a names
  names=(\${(f)"$(command svc __complete containers 2>/dev/null)"})
  compadd -a names
}
_svc_help() {
  case $words[2] in
    unit) compadd ${grammar.keys.join(" ")} ;;
  esac
}
_svc_runner() {
  _arguments -S -A '-*' \\
${grammar.runner.map(optionSpec).join("")}    ':app:_svc_apps' '*:argument:_files'
}
_svc() {
  local state line curcontext=$curcontext word
  local -a commands svc_places
  local -i i
  # What the line says of where the daemon and the files are.
  for ((i = 2; i < CURRENT; i++)); do
    case $words[i] in
      --socket|--units|--default-dir) svc_places+=($words[i] \${words[i+1]/#\\~\\//$HOME/}) ;;
      --socket=*|--units=*|--default-dir=*) svc_places+=(\${words[i]/=\\~\\//=$HOME/}) ;;
    esac
  done
  if [[ $service == docker-runner ]]; then
    _svc_runner
    return
  fi
  _arguments -C -A '-*' \\
${grammar.options.map(optionSpec).join("")}    '1:command:->command' '*::argument:->argument' && return
  case $state in
    command)
      commands=(
${grammar.commands.map((one) => `        ${quote(`${one.name}:${one.description}`)}\n`).join("")}      )
      _describe command commands ;;
    argument)
      case $words[1] in
${grammar.commands.map(commandCase).join("")}      esac ;;
  esac
}
if [[ $funcstack[1] == _svc ]]; then _svc "$@"; else compdef _svc svc docker-runner; fi
`;
}

function commandCase(command: CommandGrammar): string {
  if (command.argument.kind === "apps") return `        ${command.name}) _svc_runner ;;\n`;
  const second = command.name === "help" ? " '2:key:_svc_help'" : "";
  const argument =
    command.argument.kind === "nothing"
      ? ""
      : ` ${quote(`${command.many ? "*" : "1"}:${command.name === "help" ? "topic" : "argument"}:${action(command.argument)}`)}`;
  const options = command.options.map((option) => ` \\\n          ${specOf(option)}`).join("");
  return `        ${command.name}) _arguments${options}${argument}${second} ;;\n`;
}

function optionSpec(option: OptionGrammar): string {
  return `    ${specOf(option)} \\\n`;
}

/** `'(-f --follow)'{-f,--follow}'[go on]'`. */
function specOf({ short, long, description, value }: OptionGrammar): string {
  const text = `[${description.replace(/[[\]\\:]/g, "\\$&")}]${value === null ? "" : `:value:${action(value)}`}`;
  // The value may stand behind an = as well.
  const name = value === null ? long : `${long}=`;
  if (short === null) return quote(`${name}${text}`);
  return `'(${short} ${long})'{${short},${name}}${quote(text)}`;
}

function action(kind: Kind): string {
  switch (kind.kind) {
    case "words":
      return `(${kind.words.join(" ")})`;
    case "units":
      return "_svc_units";
    case "units or files":
      return "_svc_units_or_files";
    case "apps":
      return "_svc_apps";
    case "containers":
      return "_svc_containers";
    case "path":
      return "_files";
    case "folder":
      return "_files -/";
    case "text":
    case "nothing":
      return " ";
  }
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
