/** Which queued task goes to which agent next: order, limits, room, and why the others wait. */
@org.jspecify.annotations.NullMarked
package dev.belfry.core.dispatch;
