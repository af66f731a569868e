// File names that a tool acts on although its user never named the file: it is enough to enter the folder, list it,
// open it in an editor, type `git status` or `make`, or put it on a web server. A stranger chose these names, so an
// export changes them into names without a meaning.

/**
 * Leading characters with a meaning: hidden files, files of tools, and options or file lists that a shell makes from
 * `*`.
 */
const FRONT = /^[.\-+@$=~ ]/;

const words = (list: string): readonly string[] => list.trim().split(/\s+/);

/** Whole names, in lower case. */
const NAMES: ReadonlySet<string> = new Set([
  // Files of version control. With `objects` and `refs` beside it `head` makes any folder a git repository, whose
  // `config` names programs. The other names do the same for other tools.
  ...words('head cvs _darcs _mtn _svn _fossil_'),
  // Files that Explorer and Finder read when they show the folder.
  ...words('desktop.ini autorun.inf thumbs.db ehthumbs.db folder.htt'),
  // Files of shells with a hook for `cd`, and of editors that read options from the folder in which they start.
  ...words('mise.toml mise _vimrc _gvimrc _exrc _netrc session.vim'),
  // Files that coding assistants obey like their user's words.
  ...words(
    'agents.md agents.override.md agent.md claude.md claude.local.md gemini.md qwen.md copilot-instructions.md skill.md',
  ),
  // Files of web servers.
  ...words('web.config global.asax php.ini'),
  // Files that a command reads by default, from this folder or from one below.
  ...words(
    'makefile gnumakefile bsdmakefile justfile rakefile jakefile snakefile gemfile vagrantfile procfile brewfile',
  ),
  ...words(
    'jenkinsfile guardfile capfile podfile fastfile appfile berksfile thorfile dangerfile cakefile earthfile pipfile',
  ),
  ...words(
    'taskfile.yml taskfile.yaml taskfile.dist.yml meson.build cmakelists.txt cmakepresets.json ctesttestfile.cmake',
  ),
  ...words('sconstruct wscript build.xml pom.xml build.rs rust-toolchain rust-toolchain.toml xmake.lua premake5.lua'),
  ...words('build.zig magefile.go latexmkrc ansible.cfg mypy.ini tsconfig.json jsconfig.json rakefile.rb gems.rb'),
  ...words(
    'config.ru build.sbt project.clj deps.edn bb.edn pubspec.yaml package.swift project.toml dub.json dune-project',
  ),
  ...words('rebar.config nextflow.config nim.cfg config.nims nuget.config global.json guix.scm manifest.scm pixi.toml'),
  ...words(
    'docker-compose.override.yml docker-compose.override.yaml compose.override.yml compose.override.yaml skaffold.yaml',
  ),
  ...words('package.json pnpmfile.cjs pnpm-workspace.yaml bunfig.toml deno.json deno.jsonc node_modules lerna.json'),
  ...words(
    'setup.py setup.cfg conftest.py noxfile.py tox.ini pytest.ini pyproject.toml sitecustomize.py usercustomize.py',
  ),
  ...words('cargo.toml go.work go.mod composer.json mix.exs stack.yaml flake.nix shell.nix default.nix devbox.json'),
  ...words('gruntfile.js gulpfile.js lefthook.yml lefthook.yaml directory.build.props directory.build.targets'),
  ...words('build.gradle build.gradle.kts settings.gradle settings.gradle.kts gradlew gradlew.bat mvnw mvnw.cmd'),
  ...words('docker-compose.yml docker-compose.yaml compose.yml compose.yaml dockerfile containerfile tiltfile'),
]);

/** The same for files alone: folders often have these names. */
const FILE_NAMES: ReadonlySet<string> = new Set(words('workspace build waf configure tags'));

/** Families of whole names: configuration files that are programs, including gossamer's own, and files of builders. */
const FAMILIES =
  /^[\w-]+\.conf(?:ig)?\.(?:[cm]?[jt]sx?|json|toml|ya?ml)$|^mise\..*toml$|^(?:gulp|grunt)file\.|\.(?:bazel|bzl|(?:cs|fs|vb|vcx)?proj|slnx?|tf|tf\.json|tfvars|cabal|nimble)$/i;

/**
 * Endings of what runs instead of a tool of the same name: Windows looks for commands in the folder first, and Python
 * for modules, as in `python -m http.server`.
 */
const RUN = /\.(?:exe|com|bat|cmd|vb[es]|jse|ws[fh]|msc|cpl|scr|dll|py[cdw]?|so)$/i;

/** Endings that a file manager acts on when it shows the folder. */
const SHOWN =
  'lnk|pif|scf|url|website|desktop|library-ms|search-ms|searchconnector-ms|theme|themepack|webloc|inetloc|fileloc|code-workspace';
/** Endings of files that a web server runs. */
const SERVED = 'php\\d?|phtml|phps|phar|pht|asp|aspx|ascx|ashx|asmx|asa|cer|cfm|cgi|fcgi|jsp|jspx|jspf|shtm|shtml|stm';
const ENDINGS = new RegExp(`\\.(?:${SHOWN}|${SERVED})$`, 'i');
/** Windows treats a folder whose name ends in a class id as a special object. */
const CLASS = /\.(?=\{[^}]*\}$)/;

/** The name itself, or a similar one without a meaning. `isFile` is false for a folder. */
export function harmlessName(name: string, isFile: boolean): string {
  const lower = name.toLowerCase();
  const isFileTaken = isFile && (FILE_NAMES.has(lower) || RUN.test(name));
  const isTaken = isFileTaken || FRONT.test(name) || NAMES.has(lower) || FAMILIES.test(name);
  const harmless = (isTaken ? `_${name}` : name).replace(CLASS, '_');
  return isFile && ENDINGS.test(harmless) ? `${harmless}_` : harmless;
}
