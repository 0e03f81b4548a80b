/** The places of the sliders: close together where a little matters. */
export const LATENCIES_MS = [0, 5, 20, 50, 100, 250, 500, 1000, 2500, 5000];
export const LOSSES = [0, 0.01, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1];
export const SKEWS_MS = [-3_600_000, -300_000, -60_000, -30_000, -10_000, -2_000, 0, 2_000, 10_000, 30_000, 60_000, 300_000, 3_600_000];
export const SYNCS_MS = [0, 5, 20, 50, 100, 250, 500, 1000, 3000, 10_000];
