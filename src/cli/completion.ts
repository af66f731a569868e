// gossamer completion <shell>: prints a script that completes commands, options and their values, made from the
// program's own commands.

import type { Command, Option } from 'commander';
import { UsageError } from '../base/errors.ts';
import { longFlag, OPTIONS } from '../options/options.ts';
import { type Manner, print, type Shell } from './shell.ts';

const SHELLS = ['bash', 'zsh', 'fish'] as const;
const EXAMPLES = `
Examples:
  gossamer completion bash > ~/.local/share/bash-completion/completions/gossamer
  gossamer completion zsh > ~/.zsh/completions/_gossamer      # a folder of $fpath
  gossamer completion fish > ~/.config/fish/completions/gossamer.fish`;

/** What can follow an option or a command. */
type Value = 'none' | 'file' | 'text' | readonly string[];

export function addCompletion(command: Command, shell: Shell, finish: (code: number) => void): Command {
  return command

    .argument('<shell>', SHELLS.join(', '))
    .addHelpText('after', EXAMPLES)
    .action(async (name: string, _manner: Manner) => {
      if (name !== 'bash' && name !== 'zsh' && name !== 'fish') {
        throw new UsageError(`${JSON.stringify(name)} is not one of ${SHELLS.join(', ')}.`);
      }
      const program = command.parent!;
      await print(shell, name === 'fish' ? fishScript(program) : bashScript(program, name));
      finish(0);
    });
}

/** zsh reads the same script through its compatibility layer. */
function bashScript(program: Command, name: 'bash' | 'zsh'): string {
  const cases = program.commands.map((command) => {
    const withValue = visible(command).map((option) => [option, valueAfter(option)] as const);
    const files = withValue.filter(([, value]) => value === 'file').flatMap(([option]) => flagsOf(option));
    const texts = withValue.filter(([, value]) => value === 'text').flatMap(([option]) => flagsOf(option));
    const choices = withValue.filter(([, value]) => Array.isArray(value));
    return [
      `    ${command.name()})`,
      '      case "$previous" in',
      ...(files.length > 0 ? [`        ${files.join('|')}) COMPREPLY=($(compgen -f -- "$word")); return ;;`] : []),
      ...(texts.length > 0 ? [`        ${texts.join('|')}) return ;;`] : []),
      ...choices.map(([option, words]) => {
        const list = (words as readonly string[]).join(' ');
        return `        ${flagsOf(option).join('|')}) COMPREPLY=($(compgen -W "${list}" -- "$word")); return ;;`;
      }),
      '      esac',
      `      options="${visible(command).flatMap(flagsOf).join(' ')}"`,
      `      arguments="${argumentsOf(command).join(' ')}" ;;`,
    ].join('\n');
  });
  const script = `_gossamer() {
  local word="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" options="" arguments=""
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "${program.commands.map((command) => command.name()).join(' ')} --help --version" -- "$word"))
    return
  fi
  case "\${COMP_WORDS[1]}" in
${cases.join('\n')}
  esac
  if [ "\${word:0:1}" = - ]; then COMPREPLY=($(compgen -W "$options" -- "$word"))
  else COMPREPLY=($(compgen -W "$arguments" -- "$word") $(compgen -f -- "$word"))
  fi
}
complete -o filenames -F _gossamer gossamer
`;
  return name === 'bash' ? script : `#compdef gossamer\nautoload -U +X bashcompinit && bashcompinit\n${script}`;
}

function fishScript(program: Command): string {
  const lines = ['complete -c gossamer -n __fish_use_subcommand -f'];
  for (const command of program.commands) {
    lines.push(`complete -c gossamer -n __fish_use_subcommand -a ${command.name()} -d ${quote(command.description())}`);
    const condition = quote(`__fish_seen_subcommand_from ${command.name()}`);
    const words = argumentsOf(command);
    if (words.length > 0) lines.push(`complete -c gossamer -n ${condition} -a ${quote(words.join(' '))}`);
    for (const option of visible(command)) {
      const value = valueAfter(option);
      const takes =
        value === 'none'
          ? ''
          : value === 'file'
            ? ' -r'
            : value === 'text'
              ? ' -x'
              : ` -x -a ${quote(value.join(' '))}`;
      const short = option.short === undefined ? '' : ` -s ${option.short.slice(1)}`;
      const long = option.long === undefined ? '' : ` -l ${option.long.slice(2)}`;
      lines.push(`complete -c gossamer -n ${condition}${short}${long}${takes} -d ${quote(option.description)}`);
    }
  }
  return `${lines.join('\n')}\n`;
}

function visible(command: Command): Option[] {
  return command.options.filter(({ hidden }) => !hidden);
}

function flagsOf({ short, long }: Option): string[] {
  return [short, long].filter((flag) => flag !== undefined);
}

/** The values of an option: from the table of options, from the option's own list, or from the text in its brackets. */
function valueAfter(option: Option): Value {
  if (!option.required && !option.optional) return 'none';
  const spec = OPTIONS.find(({ flags }) => longFlag(flags) === option.long);
  if (spec?.kind.is === 'choice') return spec.kind.choices;
  if (option.argChoices !== undefined) return option.argChoices;
  return /<(file|dir)>/.test(option.flags) ? 'file' : 'text';
}

/** The words that the first argument can be, if its description lists them. */
function argumentsOf(command: Command): readonly string[] {
  const first = command.registeredArguments[0]?.description ?? '';
  return /^\w+(, \w+)*$/.test(first) ? first.split(', ') : [];
}

function quote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
