/** When a job is due: cron, intervals, single instants, calendars and jitter, as pure functions of an instant. */
@org.jspecify.annotations.NullMarked
package dev.belfry.core.schedule;
