import { Menu, Notification, createTheme, defaultVariantColorsResolver, type CSSVariablesResolver } from '@mantine/core'

const accent = [
  '#f0fdfa', '#ccfbf1', '#99f6e4', '#5eead4', '#2dd4bf', '#14b8a6', '#0d9488', '#0f766e', '#115e59', '#134e4a',
] as const // prettier-ignore

/** The greys of global.css, where Mantine draws on its own. */
const dark = [
  '#e6e9ec', '#c5ccd2', '#9ba6b0', '#6b7580', '#343c43', '#2c333a', '#21262b', '#1a1e22', '#16191d', '#14171a',
] as const // prettier-ignore

export const theme = createTheme({
  colors: { accent, dark },
  primaryColor: 'accent',
  // White on teal 700 and dark on teal 400 both pass 4.5:1.
  primaryShade: { light: 7, dark: 4 },
  autoContrast: true,
  // Mantine would take the light scheme's contrast for both.
  variantColorResolver: (input) => {
    const colors = defaultVariantColorsResolver(input)
    const isOwn = input.color === undefined || input.color === input.theme.primaryColor
    return isOwn && input.variant === 'filled' ? { ...colors, color: 'var(--mantine-primary-color-contrast)' } : colors
  },
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", "Cascadia Mono", "DejaVu Sans Mono", monospace',
  fontSizes: { xs: '12px', sm: '13px', md: '13px', lg: '14px', xl: '16px' },
  spacing: { xs: '4px', sm: '8px', md: '12px', lg: '16px', xl: '24px' },
  radius: { sm: '6px', md: '8px' },
  defaultRadius: 'sm',
  cursorType: 'pointer',
  respectReducedMotion: true,
  // A menu holds its items alone; the first takes the focus.
  components: {
    Menu: Menu.extend({ defaultProps: { withInitialFocusPlaceholder: false } }),
    Notification: Notification.extend({ defaultProps: { closeButtonProps: { 'aria-label': 'Dismiss' } } }),
  },
})

const quiet = { '--mantine-color-dimmed': 'var(--text-quiet)', '--mantine-color-placeholder': 'var(--text-quiet)' }

/** Mantine's own quiet greys are too pale to read. */
export const cssVariables: CSSVariablesResolver = () => ({ variables: {}, light: quiet, dark: quiet })
