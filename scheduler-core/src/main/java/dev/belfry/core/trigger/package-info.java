/** From schedules to fires: what is due under which version of a definition, and what to do with fires found late. */
@org.jspecify.annotations.NullMarked
package dev.belfry.core.trigger;
