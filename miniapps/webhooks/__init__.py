"""Webhooks: news that leave the house, to back ends of mini-apps and to clients outside (消息推送)."""
