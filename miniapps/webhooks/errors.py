"""Why news do not go where somebody wants them."""

from banshi.errors import DomainError


class WebhookRefused(DomainError):
    """The address is not one that the platform sends to."""

    code = "WEBHOOK_REFUSED"
    status = 422
    text = "The platform does not send to this address: {problem}."


class WebhookNotFound(DomainError):
    """No address was registered for this environment."""

    code = "WEBHOOK_NOT_FOUND"
    status = 404
    text = "{client_id} has no address to send to. Register one."


class QuestionNotFound(DomainError):
    """No such question of a citizen's, or not one to this mini-app."""

    code = "DATA_QUESTION_NOT_FOUND"
    status = 404
    text = "There is no question {id} to you."


class DeliveryNotFound(DomainError):
    """No such delivery, or not one of a mini-app of the team."""

    code = "WEBHOOK_DELIVERY_NOT_FOUND"
    status = 404
    text = "There is no delivery {id} that you may see."
