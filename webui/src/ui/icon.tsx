/** Pictures of 24 by 24, drawn with lines; ours. */
const PATHS = {
  overview: "M3 10.5 12 4l9 6.5M5.5 9.5V20h13V9.5M10 20v-5h4v5",
  dashboard: "M4 13h7V4H4zM13 20h7v-9h-7zM4 20h7v-5H4zM13 9h7V4h-7z",
  live: "M3 12h4l2.5-7 5 14L17 12h4",
  history: "M12 7v5l3.5 2M4 12a8 8 0 1 0 2.6-5.9M4 4.5V8h3.5",
  extensions: "M7 3h10v18H7zM10.5 18h3M7 6.5h10M7 15.5h10",
  hours: "M4 6h16v14H4zM4 10h16M8 3.5v4M16 3.5v4M12 13v3l2 1",
  trunks: "M12 21V10M8 21h8M12 10a2 2 0 1 0 0-4 2 2 0 0 0 0 4M7.8 12.2a6 6 0 0 1 0-8.4M16.2 3.8a6 6 0 0 1 0 8.4",
  routes: "M6 20V10a4 4 0 0 1 4-4h8M15 3l3 3-3 3M6 14h8a4 4 0 0 1 4 4v2",
  people: "M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7M2.5 20a6.5 6.5 0 0 1 13 0M16 4.5a3.5 3.5 0 0 1 0 6.5M18 14.5a6 6 0 0 1 3.5 5.5",
  security: "M12 3 5 6v5c0 5 3 8.5 7 10 4-1.5 7-5 7-10V6zM9 12l2 2 4-4",
  system: "M4 5h16v6H4zM4 13h16v6H4zM7.5 8h.01M7.5 16h.01M11 8h6M11 16h6",
  me: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8M4.5 20.5a7.5 7.5 0 0 1 15 0",
  more: "M4.4 12a.6.6 0 1 0 1.200 0a.6.6 0 1 0-1.200 0M11.400 12a.6.6 0 1 0 1.200 0a.6.6 0 1 0-1.200 0M18.400 12a.6.6 0 1 0 1.200 0a.6.6 0 1 0-1.200 0",
  menu: "M4 6h16M4 12h16M4 18h16",
  add: "M12 5v14M5 12h14",
  close: "M6 6l12 12M18 6 6 18",
  check: "M5 12.5 10 17l9-10",
  edit: "M4 20h4L19 9l-4-4L4 16zM13 7l4 4",
  delete: "M5 7h14M9 7V4h6v3M7 7l1 13h8l1-13M10 11v5M14 11v5",
  search: "M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14M20 20l-4-4",
  up: "M12 19V5M6 11l6-6 6 6",
  down: "M12 5v14M6 13l6 6 6-6",
  right: "M9 5l7 7-7 7",
  left: "M15 5l-7 7 7 7",
  expand: "M6 9l6 6 6-6",
  copy: "M9 9h11v11H9zM5 15H4V4h11v1",
  download: "M12 4v11M7 11l5 5 5-5M5 20h14",
  upload: "M12 16V5M7 9l5-5 5 5M5 20h14",
  reload: "M20 11a8 8 0 1 0-2 6.5M20 5v6h-6",
  info: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18M12 11v5M12 8h.01",
  warn: "M12 4 2.5 20h19zM12 10v5M12 17.5h.01",
  error: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18M9 9l6 6M15 9l-6 6",
  phone: "M6 3h4l1.5 5-2.5 1.5a12 12 0 0 0 5.5 5.5L16 12.5l5 1.5v4a2 2 0 0 1-2 2A16 16 0 0 1 4 5a2 2 0 0 1 2-2",
  hangup: "M3 14c0-4 4-6 9-6s9 2 9 6l-.5 2-4.5-1v-3a14 14 0 0 0-8 0v3l-4.5 1z",
  incoming: "M19 5 8 16M8 8v8h8",
  outgoing: "M5 19 16 8M8 8h8v8",
  internal: "M4 9h14l-4-4M20 15H6l4 4",
  eye: "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12M12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6",
  eyeOff: "M4 4l16 16M9.5 6a9 9 0 0 1 2.5-.5c6 0 9.5 6.5 9.5 6.5a17 17 0 0 1-3 3.700M6 8a16 16 0 0 0-3.500 4S6 18.500 12 18.500a9 9 0 0 0 4-1M10 10a3 3 0 0 0 4 4",
  qr: "M4 4h6v6H4zM14 4h6v6h-6zM4 14h6v6H4zM14 14h2v2h-2zM18 18h2v2h-2zM18 14h2M14 18v2",
  bell: "M6 17V11a6 6 0 0 1 12 0v6l1.500 1.500h-15zM10 21h4",
  key: "M8 15a4 4 0 1 0 0-8 4 4 0 0 0 0 8M12 11h9M18 11v4M15 11v3",
  globe: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18M3 12h18M12 3c3 3 3 15 0 18M12 3c-3 3-3 15 0 18",
  full: "M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5",
  exit: "M10 4H5v16h5M14 8l4 4-4 4M18 12H9",
  filter: "M4 5h16l-6 8v6l-4-2v-4z",
  play: "M7 4l13 8-13 8z",
  box: "M4 8l8-4 8 4v8l-8 4-8-4zM4 8l8 4 8-4M12 12v8",
} as const;

export type IconName = keyof typeof PATHS;

/** A picture that says nothing by itself: words stand beside it, or in the label of what it is in. */
export function Icon({ name, size = 20 }: { name: IconName; size?: number }) {
  return (
    <svg class="icon" width={size} height={size} viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}

export const ICONS = Object.keys(PATHS) as IconName[];
