"""What can be wrong with what is asked for a campaign."""


class CampaignError(Exception):
    """Something that was asked for a campaign cannot be done; the message says why and what to do."""


class ConsentError(CampaignError):
    """What is to be agreed to was not, or it is another version by now."""


class InvitationError(CampaignError):
    """An invitation is wrong, used, over or withdrawn."""
