/** Of alerts; the box's overview has them, too. */
export const alerts = {
  kinds: {
    calls_stopped: "Calls were stopped",
    emergency_call: "Emergency call",
    login_failures: "Many failed sign-ins",
    token_reuse: "A session was used twice",
    new_network: "Sign-in from a new network",
    permission_raised: "Somebody got more rights",
    configuration_not_applied: "A change did not take effect",
    trunk_down: "A trunk is down",
    outbound_rise: "Unusually many outbound calls",
    sip_failures: "Failed phone sign-ins",
    certificate: "Certificate",
    disk: "The disk is filling up",
    clock: "The clock cannot be believed",
  },
  takeUp: "Mark as seen",
  takenUp: "The alert was marked as seen.",
  times: (count: number) => (count === 1 ? "once" : `${count} times`),
  none: "No open alerts",
};
