// What a cell of the Translate table says: how far the mix is heard from what good records keep, and whether that counts.

import type { Document, Finding, RegionHeard, SystemHeard } from "../../bindings/document";

export interface Cell {
  region: string;
  /** LU beyond the references; none where nothing of the region is heard here. */
  value: number | null;
  low: number;
  high: number;
  /** The core's finding on this system in this region, if there is one. */
  finding: Finding | null;
  /** Nine of ten draws lie on one side and more than a listener's step away. */
  sure: boolean;
}

/** About the least change of loudness that a listener notices in music, LU. */
const STEP_LU = 1;

export const REGION_TITLES: Record<string, string> = { sub: "Sub", bass: "Bass", low_mids: "Low mids", mids: "Mids", presence: "Presence", air: "Air" };

function overlaps(finding: Finding, region: RegionHeard): boolean {
  const [low = 0, high = 0] = region.hz;
  const [from = 0, to = 0] = finding.band_hz ?? [];
  const shared = Math.log2(Math.min(high, to) / Math.max(low, from));
  return shared > 0 && shared / Math.log2(to / from) >= 0.5;
}

export function cellOf(system: SystemHeard, region: RegionHeard, findings: Finding[]): Cell {
  const b = region.beyond_lu;
  const same = findings.filter((f) => f.system === system.system && f.band_hz && overlaps(f, region));
  return {
    region: region.region,
    value: region.heard ? b.value : null,
    low: b.low,
    high: b.high,
    finding: region.heard || same.some((f) => f.code.endsWith("bass_lost")) ? (same[0] ?? null) : null,
    sure: region.heard && (b.low > STEP_LU || b.high < -STEP_LU),
  };
}

/** Findings about a system. */
export function systemFindings(doc: Document, name: string): Finding[] {
  return doc.findings.filter((f) => f.system === name);
}
