/**
 * @module How large a document becomes when its aliases are written out. js-yaml shares what aliases refer to, so
 * the cost of a bomb would fall on whoever walks the value; this bounds it before anyone does.
 */
import { YamlFault } from './yaml-fault.ts';

/** What a document with aliases may expand to: nodes, characters of text, and levels of nesting. */
const MAX_NODES = 1_000_000;
const MAX_CHARACTERS = 64 * 1024 * 1024;
const MAX_DEPTH = 100;

interface Size {
  readonly nodes: number;
  readonly characters: number;
  readonly height: number;
}

const NUMBER_OR_WORD: Size = { nodes: 1, characters: 8, height: 0 };

/**
 * Passes when `value`, with every alias written out, stays within bounds and does not contain itself. The time is
 * linear in the value as it is shared.
 * @throws YamlFault YAML_ALIAS_BOMB or YAML_TOO_DEEP, without an offset
 */
export function assertExpansionBounded(value: unknown): void {
  new Expansion().measure(value, 0);
}

class Expansion {
  /** Sizes of collections; null while a collection is being measured. */
  readonly #sizes = new Map<object, Size | null>();

  measure(value: unknown, depth: number): Size {
    if (typeof value === 'string') return { nodes: 1, characters: value.length, height: 0 };
    if (typeof value !== 'object' || value === null) return NUMBER_OR_WORD;
    const known = this.#sizes.get(value);
    if (known === null) throw new YamlFault('YAML_ALIAS_BOMB', 'an anchor that contains itself', null);
    if (depth + (known?.height ?? 0) > MAX_DEPTH) {
      throw new YamlFault('YAML_TOO_DEEP', `aliases nested deeper than ${MAX_DEPTH} levels`, null);
    }
    return known ?? this.#measureChildren(value, depth);
  }

  #measureChildren(collection: object, depth: number): Size {
    this.#sizes.set(collection, null);
    let nodes = 1;
    let characters = 0;
    let height = 0;
    for (const [key, child] of Object.entries(collection)) {
      const size = this.measure(child, depth + 1);
      nodes += size.nodes;
      characters += size.characters + key.length;
      height = Math.max(height, size.height + 1);
      if (nodes > MAX_NODES || characters > MAX_CHARACTERS) {
        throw new YamlFault('YAML_ALIAS_BOMB', 'aliases that expand beyond all measure', null);
      }
    }
    const size = { nodes, characters, height };
    this.#sizes.set(collection, size);
    return size;
  }
}
