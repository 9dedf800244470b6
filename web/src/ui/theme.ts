import { ActionIcon, createTheme, type MantineColorsTuple, Menu, Tooltip } from '@mantine/core';

const ink: MantineColorsTuple = [
  '#eef2ff',
  '#dfe5fb',
  '#bac8f5',
  '#91a7f0',
  '#7189ea',
  '#5873e3',
  '#4a66df',
  '#3b57cf',
  '#324bb8',
  '#283d9a',
];

/** One accent colour, Inter, 8 px corners; the rest is in tokens.css. */
export const theme = createTheme({
  primaryColor: 'ink',
  primaryShade: { light: 7, dark: 6 },
  colors: { ink },
  fontFamily: "'Inter Variable', system-ui, sans-serif",
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, monospace',
  defaultRadius: 8,
  respectReducedMotion: true,
  cursorType: 'pointer',
  autoContrast: true,
  luminanceThreshold: 0.4,
  components: {
    ActionIcon: ActionIcon.extend({ classNames: { root: 'quiet-when-disabled' } }),
    Tooltip: Tooltip.extend({
      defaultProps: { openDelay: 400, withArrow: false, fz: 12, events: { hover: true, focus: true, touch: false } },
    }),
    Menu: Menu.extend({ defaultProps: { shadow: 'md' } }),
  },
});
