/** What an agent says of itself when it registers, and whether it may take work. */
@org.jspecify.annotations.NullMarked
package dev.belfry.core.agent;
