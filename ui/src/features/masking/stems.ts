// Stems as people name them.

import type { Role, StemFacts } from "../../bindings/document";
import { capital, stem } from "../../shared/format";

export const ROLES: Role[] = ["vocals", "backing_vocals", "drums", "kick", "snare", "cymbals", "percussion", "bass", "guitar", "keys", "strings", "winds", "lead", "effects", "other"];

const TITLES: Partial<Record<Role, string>> = { vocals: "Lead vocal", backing_vocals: "Backing vocals" };

export function roleTitle(role: Role | string): string {
  return TITLES[role as Role] ?? capital(role.replace("_", " "));
}

/** File name without its ending: roles may be shared, names are not. */
export function stemTitle(_stems: StemFacts[], file: string): string {
  return capital(stem(file));
}
