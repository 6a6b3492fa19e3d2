"""The tutorial's task module: what the service task "Pay out" does."""

from engine import BpmnError, task


@task("pay-out")
def pay_out(employee: str, amount: float, account: str) -> dict[str, str]:
    """Pay the amount to the account and return a receipt."""
    if not account.startswith("DE"):
        raise BpmnError("FOREIGN_ACCOUNT", f"Expected an account in Germany but got {account}")
    return {"receipt": f"{employee} got {amount} on {account}"}
