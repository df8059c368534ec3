// The theme: tawny on warm grey, with contrast that passes WCAG AA in both schemes.
import {
  createTheme,
  localStorageColorSchemeManager,
  type CSSVariablesResolver,
  type MantineColorsTuple,
} from "@mantine/core";

const tawny: MantineColorsTuple = [
  "#fff3ea",
  "#fbe4d4",
  "#f5c8aa",
  "#f1aa7d",
  "#f0925a",
  "#e57638",
  "#c9551a",
  "#b4450f",
  "#9a3a0c",
  "#7d2f0b",
];

/** Warm greys, from text (0) to the darkest background (9). */
const dark: MantineColorsTuple = [
  "#e8e4df",
  "#c9c3bc",
  "#adb1b7",
  "#7d7771",
  "#4a4540",
  "#3a3632",
  "#2d2a27",
  "#221f1d",
  "#1b1917",
  "#131110",
];

export const theme = createTheme({
  primaryColor: "tawny",
  colors: { tawny, dark },
  // Mantine's default shades are too light for white text on them.
  primaryShade: { light: 7, dark: 8 },
  fontFamily: "'Figtree Variable', system-ui, sans-serif",
  headings: {
    fontFamily: "'Bricolage Grotesque Variable', 'Figtree Variable', system-ui, sans-serif",
    fontWeight: "680",
  },
  defaultRadius: "md",
  cursorType: "pointer",
  respectReducedMotion: true,
  focusRing: "auto",
});

export const cssVariables: CSSVariablesResolver = () => ({
  variables: {
    "--araldo-rail": "13.5rem",
    "--araldo-top": "4rem",
    "--araldo-bar": "3.75rem",
  },
  light: {
    "--mantine-color-dimmed": "#5c636a",
    "--mantine-color-error": "#c0193c",
    "--mantine-color-body": "#ffffff",
    "--mantine-color-text": "#1f1b18",
    "--mantine-color-anchor": "#a03c0b",
    "--araldo-ground": "#f6f4f1",
    "--araldo-line": "#e0dbd5",
    "--araldo-accent-soft": "#fbe9dd",
    "--araldo-accent-text": "#8f360a",
  },
  dark: {
    "--mantine-color-dimmed": "#adb1b7",
    "--mantine-color-error": "#ff8a9f",
    "--mantine-color-body": "#221f1d",
    "--mantine-color-text": "#e8e4df",
    "--mantine-color-anchor": "#f5a678",
    "--araldo-ground": "#1b1917",
    "--araldo-line": "#3a3632",
    "--araldo-accent-soft": "#43281a",
    "--araldo-accent-text": "#f9c4a3",
  },
});

export const schemeManager = localStorageColorSchemeManager({ key: "araldo.scheme" });
