// Names of files that some tool acts upon though nobody named the file: because somebody went into its folder, listed it, opened it in an editor, typed `git status`
// or `make`, or put it onto a web server. A stranger chose these names, and in an export they become names that mean nothing to anybody.

/** What stands at the front of a name and has a meaning there: hidden files and those of tools, options and lists of files where a shell makes names of `*`. */
const FRONT = /^[.\-+@$=~ ]/;

const words = (list: string): readonly string[] => list.trim().split(/\s+/);

/** Whole names, in lower case. */
const NAMES: ReadonlySet<string> = new Set([
  // With `objects` and `refs` beside it any folder is a repository to git, and its `config` names programs; `_fossil_` and the others are the same of others.
  ...words('head cvs _darcs _mtn _svn _fossil_'),
  // Explorer and Finder, as soon as the folder is shown.
  ...words('desktop.ini autorun.inf thumbs.db ehthumbs.db folder.htt'),
  // Shells with a hook for `cd`, and editors that read options where they are started.
  ...words('mise.toml mise _vimrc _gvimrc _exrc _netrc session.vim'),
  // Assistants that write code, for which it is a word of their user's.
  ...words(
    'agents.md agents.override.md agent.md claude.md claude.local.md gemini.md qwen.md copilot-instructions.md skill.md',
  ),
  // Web servers.
  ...words('web.config global.asax php.ini'),
  // What a command that names no file takes up, in this folder or from one below.
  ...words(
    'makefile gnumakefile bsdmakefile justfile rakefile jakefile snakefile gemfile vagrantfile procfile brewfile',
  ),
  ...words('taskfile.yml taskfile.yaml meson.build cmakelists.txt sconstruct wscript build.xml pom.xml build.rs'),
  ...words('package.json pnpmfile.cjs pnpm-workspace.yaml bunfig.toml deno.json deno.jsonc node_modules lerna.json'),
  ...words(
    'setup.py setup.cfg conftest.py noxfile.py tox.ini pytest.ini pyproject.toml sitecustomize.py usercustomize.py',
  ),
  ...words('cargo.toml go.work go.mod composer.json mix.exs stack.yaml flake.nix shell.nix default.nix devbox.json'),
  ...words('gruntfile.js gulpfile.js lefthook.yml lefthook.yaml directory.build.props directory.build.targets'),
  ...words('build.gradle build.gradle.kts settings.gradle settings.gradle.kts gradlew gradlew.bat mvnw mvnw.cmd'),
  ...words('docker-compose.yml docker-compose.yaml compose.yml compose.yaml dockerfile containerfile tiltfile'),
]);

/** Families of whole names: the options of tools that are programs, gossamer's own among them. */
const FAMILIES = /^[\w-]+\.config\.(?:[cm]?[jt]sx?|json|toml|ya?ml)$|^mise\..*toml$/i;

/** Endings upon which a window that shows the folder acts, */
const SHOWN =
  'lnk|pif|scf|url|website|desktop|library-ms|search-ms|searchconnector-ms|theme|themepack|webloc|inetloc|fileloc|code-workspace';
/** and those of files that a web server runs. */
const SERVED = 'php\\d?|phtml|phps|phar|pht|asp|aspx|ascx|ashx|asmx|asa|cer|cfm|cgi|fcgi|jsp|jspx|jspf|shtm|shtml|stm';
const ENDINGS = new RegExp(`\\.(?:${SHOWN}|${SERVED})$`, 'i');
/** A folder whose name ends in the number of a class is no folder to Windows. */
const CLASS = /\.(?=\{[^}]*\}$)/;

/** The same name, or one that is like it and means nothing. `isFile`: of a file, and not of a folder. */
export function harmlessName(name: string, isFile: boolean): string {
  const isTaken = FRONT.test(name) || NAMES.has(name.toLowerCase()) || FAMILIES.test(name);
  const harmless = (isTaken ? `_${name}` : name).replace(CLASS, '_');
  return isFile && ENDINGS.test(harmless) ? `${harmless}_` : harmless;
}
