/** What operators ask for, durably: one znode a command, consumed by the master alone. */
@org.jspecify.annotations.NullMarked
package dev.belfry.core.command;
