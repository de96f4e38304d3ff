import { COMMANDS } from './cli/index.ts';

/** `gatehouse <command> …`: the process's entry. Each command is a file in cli/. */
async function main(argv: readonly string[]): Promise<number> {
  const [name = 'serve', ...rest] = argv;
  if (name === 'help' || name === '--help' || name === '-h') {
    console.log(usage());
    return 0;
  }
  const command = COMMANDS[name];
  if (command === undefined) {
    console.error(`gatehouse: there is no command "${name}"\n\n${usage()}`);
    return 2;
  }
  const loaded = await command.load();
  return loaded.run(rest);
}

function usage(): string {
  const width = Math.max(...Object.keys(COMMANDS).map((name) => name.length));
  const lines = Object.entries(COMMANDS).map(([name, command]) => `  ${name.padEnd(width)}  ${command.about}`);
  return `usage: gatehouse <command> [options]\n\n${lines.join('\n')}\n\nEach command says more with --help.`;
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    console.error(error instanceof Error && 'code' in error ? `gatehouse: ${error.message}` : error);
    process.exitCode = 1;
  },
);
