import type { HttpAnswer } from '../../http/client.ts';
import type { ClientKey, CredentialOf } from '../../ports/credential.ts';
import { OktaAuthError } from '../../ports/errors.ts';
import type { Secret } from '../../settings/secret.ts';
import { errorCodeOf } from '../read/answers.ts';
import type { CallAttempt, Credential, Remedy, TokenRequests } from './credential.ts';
import type { CredentialKind } from './grants.ts';

/** The credential that the settings give. */
export type CredentialChoice = CredentialOf<Secret>;

export interface PresentCredentialParts {
  /** The choice as it is now. */
  readonly choice: () => CredentialChoice;
  /** Reads the secrets once more from where they came from. */
  readonly renew: () => void;
  readonly create: (choice: CredentialChoice) => Credential;
}

type SentHeaders = Readonly<Record<string, string>>;

/**
 * The credential as the settings give it at each moment. The next request after a change carries the new one. Where
 * Okta refuses one, its secret is read once more; only another secret is a reason to ask again.
 */
export class PresentCredential implements Credential {
  readonly #parts: PresentCredentialParts;
  #choice: CredentialChoice;
  #credential: Credential;
  /** All that were used so far: their requests for tokens count. */
  readonly #used: Credential[] = [];
  /** The credential that made these headers. */
  readonly #madeBy = new WeakMap<SentHeaders, Credential>();

  constructor(parts: PresentCredentialParts) {
    this.#parts = parts;
    this.#choice = parts.choice();
    this.#credential = this.#create();
  }

  get kind(): CredentialKind {
    return this.#present().kind;
  }

  async authorise(attempt: CallAttempt): Promise<SentHeaders> {
    const credential = this.#present();
    try {
      return await this.#authoriseWith(credential, attempt);
    } catch (thrown) {
      if (!(thrown instanceof OktaAuthError) || !this.#isReplaced(credential)) throw thrown;
      return this.#authoriseWith(this.#present(), attempt);
    }
  }

  learn(answer: HttpAnswer, sent: SentHeaders): Remedy | undefined {
    const credential = this.#madeBy.get(sent);
    const remedy = (credential ?? this.#present()).learn(answer, sent);
    if (remedy !== undefined || credential === undefined || !isRefusal(answer)) return remedy;
    return this.#isReplaced(credential) ? 'secret' : undefined;
  }

  tokenRequests(): TokenRequests {
    const all = this.#used.map((credential) => credential.tokenRequests());
    return {
      total: all.reduce((sum, { total }) => sum + total, 0),
      rateLimited: all.reduce((sum, { rateLimited }) => sum + rateLimited, 0),
    };
  }

  missingScopes(): readonly string[] {
    return this.#present().missingScopes();
  }

  async #authoriseWith(credential: Credential, attempt: CallAttempt): Promise<SentHeaders> {
    const headers = await credential.authorise(attempt);
    this.#madeBy.set(headers, credential);
    return headers;
  }

  /** Is there another credential by now, or in the files? */
  #isReplaced(credential: Credential): boolean {
    if (this.#present() !== credential) return true;
    this.#parts.renew();
    return this.#present() !== credential;
  }

  #present(): Credential {
    const choice = this.#parts.choice();
    if (choice === this.#choice) return this.#credential;
    const isSame = isSameChoice(choice, this.#choice);
    this.#choice = choice;
    if (!isSame) this.#credential = this.#create();
    return this.#credential;
  }

  #create(): Credential {
    const credential = this.#parts.create(this.#choice);
    this.#used.push(credential);
    return credential;
  }
}

/** A 401, unless it says that a feature of the org is off (E0000015), whatever the credential. */
function isRefusal({ status, text }: HttpAnswer): boolean {
  return status === 401 && errorCodeOf(text) !== 'E0000015';
}

export function isSameChoice(one: CredentialChoice, other: CredentialChoice): boolean {
  if (one.kind === 'token') return other.kind === 'token' && one.token.reveal() === other.token.reveal();
  if (other.kind === 'token') return false;
  return (
    one.clientId === other.clientId &&
    one.dpop === other.dpop &&
    one.keys.length === other.keys.length &&
    one.keys.every((key, at) => isSameKey(key, other.keys[at]))
  );
}

function isSameKey(one: ClientKey, other: ClientKey | undefined): boolean {
  return other !== undefined && one.id === other.id && one.key.equals(other.key);
}
