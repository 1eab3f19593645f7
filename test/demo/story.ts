/** @module What the demo shows: steps, the commands it ran in a form that a reader can repeat, and what they answered. */

/** Where the story is told, and which long paths it abbreviates. */
export interface StoryOptions {
  readonly write: (text: string) => void;
  /** Path to the shell variable that stands for it, such as `/tmp/x` to `$DEMO`. */
  readonly abbreviations: ReadonlyMap<string, string>;
}

/** Prints the demo's progress as plain lines. */
export class Story {
  readonly #options: StoryOptions;
  readonly #startedAt = performance.now();
  #step = 0;

  constructor(options: StoryOptions) {
    this.#options = options;
  }

  /** A numbered heading with the seconds since the start. */
  step(title: string): void {
    this.#step += 1;
    const seconds = ((performance.now() - this.#startedAt) / 1000).toFixed(1);
    this.#options.write(`\n${this.#step}. ${title}  [${seconds} s]\n`);
  }

  /** A command as it was run. */
  command(words: readonly string[]): void {
    this.#options.write(`   $ ${this.#shorten(words.map(quote).join(' '))}\n`);
  }

  /** Something that happened, or what a command printed; one line or several. */
  say(text: string): void {
    for (const line of text.trimEnd().split('\n')) this.#options.write(`     ${this.#shorten(line)}\n`);
  }

  #shorten(text: string): string {
    let short = text;
    for (const [path, name] of this.#options.abbreviations) short = short.replaceAll(path, name);
    return short;
  }
}

function quote(word: string): string {
  return /^[\w@%+=:,./$-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
