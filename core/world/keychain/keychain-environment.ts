import { cleanEnvironment } from '#core/world/processes/clean-environment.ts'
import { cookieVariable } from '#core/world/processes/cookie.ts'

/** What leads to the session's bus and screen, where the keychain and its prompt are. */
const ofSession =
  /^(DBUS_SESSION_BUS_ADDRESS|DISPLAY|WAYLAND_DISPLAY|XAUTHORITY|DESKTOP_SESSION|KDE_\w+|GNOME_\w+|XDG_\w+)$/

/** The environment of the process that talks to the keychain, with a cookie by which a new engine finds it. */
export const keychainEnvironment = (
  source: Readonly<Record<string, string | undefined>>,
  homeId: string,
): Record<string, string> => ({
  ...Object.fromEntries(
    Object.entries(source).flatMap(([name, value]) =>
      value !== undefined && ofSession.test(name) ? [[name, value]] : [],
    ),
  ),
  ...cleanEnvironment(source),
  [cookieVariable]: `${homeId}/keychain`,
})
