import { createValidate, type Validate } from '../ocsf/validate.ts';

/** Compiling takes a tenth of a second and leaves code behind, and each run of a worker needs the same schemas. */
export class Validators {
  readonly #compiled = new Map<string, Validate>();

  /** The validator of this JSON schema, compiled where it is a new one. */
  of(schema: unknown): Validate {
    const text = JSON.stringify(schema);
    const validate = this.#compiled.get(text) ?? createValidate(schema);
    this.#compiled.set(text, validate);
    return validate;
  }
}
