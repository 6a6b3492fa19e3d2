"""When timers fire: dates, durations, repetitions and cron, as pure arithmetic on microseconds since the epoch.

No function here reads a clock: the time that counts as now is an argument. BPMN 2.0.2, 10.5.5 (timer) leaves the
notation to ISO 8601; cron schedules are what the peers of Baton take beside it.
"""

from .firings import Firing, Schedule
from .refusals import ScheduleRefused
from .schedules import next_firing, parse_schedule

__all__ = ["Firing", "Schedule", "ScheduleRefused", "next_firing", "parse_schedule"]
