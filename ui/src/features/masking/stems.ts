// Stems as people name them.

import type { Role, StemFacts } from "../../bindings/document";
import { capital, stem } from "../../shared/format";

export const ROLES: Role[] = ["vocals", "backing_vocals", "drums", "kick", "snare", "cymbals", "percussion", "bass", "guitar", "keys", "strings", "winds", "lead", "effects", "other"];

const TITLES: Partial<Record<Role, string>> = { vocals: "Lead vocal", backing_vocals: "Backing vocals" };

export function roleTitle(role: Role | string): string {
  return TITLES[role as Role] ?? capital(role.replace("_", " "));
}

/** File name without ending and running number: roles may be shared, names are not. Where two would read the same, the
 *  whole name. */
export function stemTitle(stems: StemFacts[], file: string): string {
  const bare = (name: string): string => stem(name).replace(/^\d{1,3}[ _.-]+(?=\D)/, "").replaceAll("_", " ");
  const same = stems.filter((s) => bare(s.name) === bare(file)).length > 1;
  return capital(same ? stem(file).replaceAll("_", " ") : bare(file));
}
