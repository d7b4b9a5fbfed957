"""What writes for campaigns: leads, invitations, memberships, lent kits, passive samples."""
