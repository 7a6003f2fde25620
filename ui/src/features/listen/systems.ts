// Playback systems as they are grouped and marked.

import type { Document } from "../../bindings/document";
import type { SystemInfo } from "../../host/host";
import type { IconName } from "../../shared/ui/Icon.svelte";

const GROUPS: Record<SystemInfo["group"], { title: string; icon: IconName; order: number }> = {
  small: { title: "Small", icon: "phone", order: 0 },
  headphones: { title: "On the head", icon: "head", order: 1 },
  room: { title: "Rooms", icon: "room", order: 2 },
  car: { title: "Car", icon: "car", order: 3 },
  stage: { title: "Large", icon: "large", order: 4 },
};
const OTHER = { title: "Other", icon: "speaker" as IconName, order: 9 };

/** The group of a system; that of one which the shell does not name (any more) comes last. */
export function groupOf(system?: Pick<SystemInfo, "group">): { title: string; icon: IconName; order: number } {
  return system ? GROUPS[system.group] : OTHER;
}

export function systemIcon(system: Pick<SystemInfo, "group">): IconName {
  return groupOf(system).icon;
}

/** Systems by group, in the order of the groups. */
export function grouped(systems: SystemInfo[]): { title: string; systems: SystemInfo[] }[] {
  const out = new Map<string, { title: string; order: number; systems: SystemInfo[] }>();
  for (const s of systems) {
    const { title, order } = groupOf(s);
    const group = out.get(title) ?? { title, order, systems: [] };
    group.systems.push(s);
    out.set(title, group);
  }
  return [...out.values()].sort((a, b) => a.order - b.order);
}

/** Score of a system in a document, 0 to 100; none where it was not heard. */
export function scoreOf(doc: Document | null, name: string): number | null {
  return doc?.translation?.systems.find((s) => s.system === name)?.score ?? null;
}
